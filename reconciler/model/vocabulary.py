"""Closed sets of values that can be checked without a tenant: time zones and languages."""

from __future__ import annotations

import difflib
from functools import cache
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

#: Languages that Webex Calling announces in, as its telephony endpoints spell them (lower case).
LANGUAGES = frozenset(
    "ar_ae bg_bg ca_es cs_cz da_dk de_de el_gr en_au en_gb en_us es_es es_mx fi_fi fr_ca fr_fr he_il hr_hr hu_hu "
    "id_id it_it ja_jp ko_kr nb_no nl_nl no_no pl_pl pt_br pt_pt ro_ro ru_ru sk_sk sl_si sr_rs sv_se th_th tr_tr "
    "uk_ua vi_vn zh_cn zh_tw en_nz en_ie en_in en_ca de_ch de_at fr_ch fr_be nl_be es_co es_us".split()
)


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
    if value not in LANGUAGES:
        raise ValueError(f"{value!r} is not a language of Webex Calling{_did_you_mean(value, LANGUAGES)}")
    return value


def _lower(value: object) -> object:
    """The two families of endpoints spell one language `en_US` and `en_us`: one spelling here."""
    return value.lower().replace("-", "_") if isinstance(value, str) else value


TimeZone = Annotated[str, AfterValidator(_time_zone), Field(description="IANA name, like Europe/Madrid")]
Language = Annotated[
    str, BeforeValidator(_lower), AfterValidator(_language), Field(description="Language and country, like es_es")
]
