"use strict";
(() => {
  const box = document.getElementById("search");
  const field = box.querySelector("input");
  const said = box.querySelector("[role=status]");
  const body = box.querySelector("tbody");
  const rows = JSON.parse(document.getElementById("rows").textContent);
  const texts = rows.map((row) => row.join(" ").toLowerCase());
  const MOST = 100;
  const show = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = [];
    let count = 0;
    for (let i = 0; words.length && i < rows.length; i += 1) {
      if (words.every((word) => texts[i].includes(word))) {
        count += 1;
        if (count <= MOST) found.push(rows[i]);
      }
    }
    body.replaceChildren(...found.map((row) => {
      const line = document.createElement("tr");
      row.forEach((text, i) => {
        const cell = document.createElement(i ? "td" : "th");
        if (!i) cell.scope = "row";
        cell.append(document.createElement("bdi"));
        cell.firstChild.textContent = text;
        line.append(cell);
      });
      return line;
    }));
    box.querySelector(".scroll").hidden = !count;
    said.textContent = !words.length ? ""
      : count > MOST ? `${count} found, the first ${MOST} are shown.` : `${count} found.`;
  };
  box.hidden = false;
  field.addEventListener("input", show);
  show();
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
})();
