"""The models that the organisation supports ("Read the List of Supported Devices"); a choice of the real list."""

from __future__ import annotations

from ..core.routing import Json

CHANNELS = ("STABLE", "STABLE_DELAY", "PREVIEW", "BETA", "TESTING")
_NO = (
    "basicEmergencyNomadicEnabled", "allowConfigurePortsEnabled", "portNumberSupportEnabled", "t38Enabled",
    "additionalSecondaryLineAppearancesEnabled", "kemLinesSupportEnabled", "supportsHotDeskOnly",
)  # fmt: skip
_OF_PHONES = (
    "additionalPrimaryLineAppearancesEnabled", "customizedBehaviorsEnabled", "customizableLineLabelEnabled",
    "supportsLinePortReorderingEnabled", "callDeclinedEnabled", "allowHotelingHostEnabled", "upgradeChannelEnabled",
    "supportsApplyChangesEnabled", "allowConfigurePhoneSettingsEnabled", "supportsVirtualLineEnabled",
)  # fmt: skip

# (model, type, line ports, line keys, family)
_CISCO = (
    ("DMS Cisco 8811", "MPP", 10, 10, "Cisco 8800"),
    ("DMS Cisco 8845", "MPP", 10, 10, "Cisco 8800"),
    ("DMS Cisco 8865", "MPP", 10, 10, "Cisco 8800"),
    ("DMS Cisco 8875", "DESK_PHONE", 4, 4, "Cisco 8875"),
    ("DMS Cisco 9841", "DESK_PHONE", 4, 4, "Cisco 9800"),
    ("DMS Cisco 9871", "DESK_PHONE", 10, 10, "Cisco 9800"),
    ("DMS Cisco 192", "ATA", 2, 0, "Cisco ATA"),
)
_THIRD_PARTY = (
    ("DMS Polycom EE400", "CISCO", 14, "Poly"),
    ("2N Customer Managed", "CUSTOMER", 20, "2N"),
    ("Generic IPPhone Customer Managed", "CUSTOMER", 20, "Generic"),
)


def supported() -> list[Json]:
    return [_cisco(*row) for row in _CISCO] + [_third_party(*row) for row in _THIRD_PARTY]


def find(text: str) -> Json | None:
    """By model or by display name, as the calls that create devices take either."""
    return next((one for one in supported() if text in (one["model"], one["displayName"])), None)


def _cisco(model: str, kind: str, ports: int, keys: int, family: str) -> Json:
    phone = kind != "ATA"
    row = _row(model, kind, ports, keys, family, phone)
    return {
        **row,
        "manufacturer": "CISCO",
        "managedBy": "CISCO",
        "onboardingMethod": ["MAC_ADDRESS", "ACTIVATION_CODE"] if phone else ["MAC_ADDRESS"],
        "defaultUpgradeChannel": "STABLE",
        "deviceSettingsConfiguration": "WEBEX_CALLING_DEVICE_CONFIGURATION",
        "supportsLogCollection": "CISCO_PRT" if phone else "NONE",
        "t38Enabled": not phone,
        "allowConfigurePortsEnabled": not phone,
    }


def _third_party(model: str, managed: str, ports: int, family: str) -> Json:
    return {
        **_row(model, "GENERIC_SIP", ports, 0, family, False),
        "manufacturer": "THIRD_PARTY",
        "managedBy": managed,
        "onboardingMethod": ["MAC_ADDRESS"],
        "deviceSettingsConfiguration": "NONE",
        "supportsLogCollection": "NONE",
    }


def _row(model: str, kind: str, ports: int, keys: int, family: str, phone: bool) -> Json:
    return {
        "model": model,
        "displayName": model.removeprefix("DMS "),
        "familyDisplayName": family,
        "type": kind,
        "supportedFor": ["PEOPLE", "PLACE"],
        "allowConfigureLayoutEnabled": phone,
        "numberOfLinePorts": ports,
        "kemSupportEnabled": False,
        **dict.fromkeys(_NO, False),
        **dict.fromkeys(_OF_PHONES, phone),
        "touchScreenPhone": model.endswith(("8875", "9871")),
        "numberOfLineKeyButtons": keys,
        "allowConfigureLinesEnabled": True,
        "supportsHotlineEnabled": kind != "GENERIC_SIP",
        "maxNumberOfLineAppearances": ports,
    }
