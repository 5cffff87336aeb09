"""Sets of values that can be checked without a tenant: time zones and languages."""

from __future__ import annotations

import difflib
import re
from functools import cache
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

#: Languages that Webex Calling is known to announce in, as its telephony endpoints spell them (lower case): what is
#: proposed instead of a mistyped one. The API documents no closed list of them (`GET …/announcementLanguages` is the
#: tenant's own), and locations prefer others too, like en_SG: so whatever names a language and a country is one.
LANGUAGES = frozenset(
    "ar_ae bg_bg ca_es cs_cz da_dk de_de el_gr en_au en_gb en_us es_es es_mx fi_fi fr_ca fr_fr he_il hr_hr hu_hu "
    "id_id it_it ja_jp ko_kr nb_no nl_nl no_no pl_pl pt_br pt_pt ro_ro ru_ru sk_sk sl_si sr_rs sv_se th_th tr_tr "
    "uk_ua vi_vn zh_cn zh_tw en_nz en_ie en_in en_ca de_ch de_at fr_ch fr_be nl_be es_co es_us".split()
)

#: ISO 639-1, and those of three letters that vendors use beside it.
_SPOKEN = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch ckb cmn co cr cs cu cv cy da de dv dz "
    "ee el en eo es et eu fa ff fi fil fj fo fr fy ga gd gl gn gu gv ha haw he hi hmn ho hr ht hu hy hz ia id ie ig ii "
    "ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr "
    "ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl "
    "sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo yue "
    "za zh zu".split()
)
#: ISO 3166-1 alpha-2, Kosovo, and the areas that stand in the place of a country in language codes (UN M.49).
_COUNTRIES = frozenset(
    "ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt bv bw by bz ca "
    "cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh er es et fi fj fk fm fo fr ga "
    "gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp "
    "ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo mp mq mr ms "
    "mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs "
    "ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw "
    "tz ua ug um us uy uz va vc ve vg vi vn vu wf ws xk ye yt za zm zw 001 150 419".split()
)
_TAG = re.compile(r"([a-z]{2,3})(_[a-z]{4})?(?:_([a-z]{2}|\d{3}))?")


@cache
def _time_zones() -> frozenset[str]:
    from zoneinfo import available_timezones

    return frozenset(available_timezones())


def _did_you_mean(value: str, known: frozenset[str]) -> str:
    close = difflib.get_close_matches(value, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _time_zone(value: str) -> str:
    if value not in _time_zones():
        raise ValueError(f"{value!r} is not an IANA time zone{_did_you_mean(value, _time_zones())}")
    return value


def _language(value: str) -> str:
    tag = None if value in LANGUAGES else _TAG.fullmatch(value)
    known = tag is not None and tag[1] in _SPOKEN and (tag[3] is None or tag[3] in _COUNTRIES)
    if value not in LANGUAGES and not known:
        raise ValueError(f"{value!r} is not a language of Webex Calling{_did_you_mean(value, LANGUAGES)}")
    return value


def _lower(value: object) -> object:
    """The two families of endpoints spell one language `en_US` and `en_us`: one spelling here."""
    return value.lower().replace("-", "_") if isinstance(value, str) else value


TimeZone = Annotated[str, AfterValidator(_time_zone), Field(description="IANA name, like Europe/Madrid")]
Language = Annotated[
    str, BeforeValidator(_lower), AfterValidator(_language), Field(description="Language and country, like es_es")
]
