"""What others ask of kinds all over: how their lists can be read, and how somebody is called."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Listing:
    """What is particular about a list. `by_location`: it can be asked for what is at one location (`locationId`);
    `small`: it is one request, which names are looked up in anyway, so that to read it whole costs nothing more;
    `alike`: two of its names may look the same, so that it is read whole, whoever is wanted; `register`: it names
    whoever has one, who loses nothing by not being named any more; `tells`: the managed fields that its rows have, none
    named: all. `one`: the documented path of what is looked up in it, where that is not the list's with an id behind
    it; `new_id`: ids are made from names, so that another name is another id (§1.7)."""

    by_location: bool = False
    small: bool = False
    alike: bool = False
    register: bool = False
    tells: tuple[str, ...] = ()
    one: str = ""
    new_id: bool = False


ORDINARY = Listing()


@dataclass(frozen=True)
class Dialled:
    """That each has an extension of its own. `named` are the fields that name one in words; `apart`: the tenant's list
    of numbers has none of them, but their own list."""

    named: tuple[str, ...] = ("name",)
    apart: bool = False
