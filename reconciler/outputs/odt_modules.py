"""The files of the predecessor (Space_OdT, inventory v1): which they are, where from, and their columns.

One line per file: name, source (kind, section or artefact; `-`: the API has no such list), the list inside it that
gives a row per item (`-`: a row per resource), the predecessor's name of the request, and the columns; `+3` stands for
`source_method,raw_keys,raw_json`, which end every file of an artefact.
"""

from __future__ import annotations

from dataclasses import dataclass

RAW = ("source_method", "raw_keys", "raw_json")


@dataclass(frozen=True)
class Module:
    """One file of the predecessor."""

    name: str
    source: str
    each: str
    method: str
    columns: tuple[str, ...]


_PLACE = "language,address_1,city,state,postal_code,country"
_PERSON = "person_id,location_id,id,name"
_ROOM = "workspace_id,location_id,id,name"
_LINE = "virtual_line_id,location_id,id,name"
_FEATURE = "location_id,id,name,direct_number"
_NUMBERS = "available_numbers"

_LINES = f"""
people                  person     - people.list      person_id,email,display_name,status,roles,licenses,location_id,webex_calling_enabled
groups                  group      - groups.list      group_id,name
locations               location   - locations.list   location_id,name,org_id,timezone,{_PLACE}
licenses                license    - licenses.list    license_id,sku_or_name
workspaces              workspace  - workspaces.list  id,workspace_id,name,location_id,extension,phone_number,webex_calling_enabled
calling_locations         calling_location - telephony.locations.list    location_id,name,{_PLACE},webex_calling_enabled,+3
calling_locations_details location.calling - telephony.locations.details location_id,name,{_PLACE},webex_calling_enabled,+3
location_details          location         - locations.details           location_id,name,{_PLACE},webex_calling_enabled,+3
location_pstn_connection  location.pstn    - telephony.pstn.read         location_id,id,name,route_group_id,connection_type,+3
people_details            person           - people.details              person_id,name,first_name,last_name,location_id,{_PLACE},direct_number,webex_calling_enabled,+3
workspace_details         workspace        - workspaces.details          workspace_id,location_id,id,name,direct_number,+3
person_call_forwarding    person.forwarding    - person_settings.forwarding.read    {_PERSON},direct_number,+3
workspace_call_forwarding workspace.forwarding - workspace_settings.forwarding.read {_ROOM},direct_number,+3
group_members             group.members    members groups.members          group_id,id,name,member_id,member_type,person_id,workspace_id,+3
license_assigned_users    license.assigned users   licenses.assigned_users license_id,id,name,member_id,member_type,person_id,workspace_id,+3
workspace_capabilities    workspace.capabilities - workspaces.capabilities {_ROOM},+3
auto_attendants                   auto_attendant               - telephony.auto_attendant.list                {_FEATURE},+3
auto_attendant_details            auto_attendant               - telephony.auto_attendant.details             {_FEATURE},+3
auto_attendant_announcement_files auto_attendant.announcements announcements telephony.auto_attendant.list_announcement_files location_id,id,name,+3
auto_attendant_forwarding         auto_attendant.forwarding    - telephony.auto_attendant.forwarding.settings {_FEATURE},+3
hunt_groups           hunt_group            - telephony.huntgroup.list                {_FEATURE},+3
hunt_group_details    hunt_group            - telephony.huntgroup.details             {_FEATURE},+3
hunt_group_forwarding hunt_group.forwarding - telephony.huntgroup.forwarding.settings {_FEATURE},+3
call_queues           call_queue            - telephony.callqueue.list                {_FEATURE},+3
call_queue_details    call_queue            - telephony.callqueue.details             {_FEATURE},+3
call_queue_settings   call_queue_settings   - telephony.callqueue.get_call_queue_settings location_id,id,name,+3
call_queue_agents     call_queue.agents     agents telephony.callqueue.agents.list    location_id,id,name,member_id,member_type,person_id,workspace_id,first_name,last_name,+3
call_queue_forwarding call_queue.forwarding - telephony.callqueue.forwarding.settings {_FEATURE},+3
virtual_lines                 virtual_line         - telephony.virtual_lines.list             {_LINE},first_name,last_name,direct_number,+3
virtual_line_details          virtual_line         - telephony.virtual_lines.details          {_LINE},first_name,last_name,direct_number,+3
virtual_line_assigned_devices virtual_line.devices devices telephony.virtual_lines.assigned_devices {_LINE},+3
virtual_extensions              virtual_extension       - telephony.virtual_extensions.list_extensions   location_id,id,name,first_name,last_name,+3
virtual_extension_details       virtual_extension       - telephony.virtual_extensions.details_extension location_id,id,name,first_name,last_name,+3
virtual_extension_ranges        virtual_extension_range - telephony.virtual_extensions.list_range        location_id,id,name,+3
virtual_extension_range_details virtual_extension_range - telephony.virtual_extensions.details_range     location_id,id,name,+3
person_numbers            person.numbers              - person_settings.numbers.read          {_PERSON},direct_number,+3
person_permissions_in     person.incoming_permissions - person_settings.permissions_in.read   {_PERSON},+3
person_permissions_out    person.outgoing_permissions - person_settings.permissions_out.read  {_PERSON},+3
person_out_access_codes   person.access_codes   access_codes   person_settings.permissions_out.access_codes.read                 {_PERSON},+3
person_out_digit_patterns person.digit_patterns digit_patterns person_settings.permissions_out.digit_patterns.get_digit_patterns {_PERSON},+3
person_transfer_numbers   person.transfer_numbers     - person_settings.permissions_out.transfer_numbers.read {_PERSON},direct_number,+3
workspace_permissions_in  workspace.incoming_permissions - workspace_settings.permissions_in.read  {_ROOM},+3
workspace_permissions_out workspace.outgoing_permissions - workspace_settings.permissions_out.read {_ROOM},+3
workspace_numbers         workspace.numbers              - workspace_settings.numbers.read         {_ROOM},direct_number,+3
workspace_devices         workspace.devices        devices workspace_settings.devices.list         {_ROOM},+3
person_available_numbers_primary        {_NUMBERS}.person_primary      numbers person_settings.available_numbers.primary        {_PERSON},direct_number,+3
person_available_numbers_secondary      {_NUMBERS}.person_secondary    numbers person_settings.available_numbers.secondary      {_PERSON},direct_number,+3
person_available_numbers_call_forward   {_NUMBERS}.person_call_forward numbers person_settings.available_numbers.call_forward   {_PERSON},direct_number,+3
person_available_numbers_call_intercept {_NUMBERS}.person_intercept    numbers person_settings.available_numbers.call_intercept {_PERSON},direct_number,+3
person_available_numbers_ecbn           {_NUMBERS}.person_ecbn         numbers person_settings.available_numbers.ecbn           {_PERSON},direct_number,+3
person_available_numbers_fax_message    {_NUMBERS}.person_fax          numbers person_settings.available_numbers.fax_message    {_PERSON},direct_number,+3
virtual_line_available_numbers_available {_NUMBERS}.virtual_line_available numbers telephony.virtual_lines.available_numbers.available {_LINE},direct_number,+3
virtual_line_available_numbers_primary   - -                                       telephony.virtual_lines.available_numbers.primary   {_LINE},direct_number,+3
virtual_line_available_numbers_secondary - -                                       telephony.virtual_lines.available_numbers.secondary {_LINE},direct_number,+3
workspace_available_numbers_available   {_NUMBERS}.workspace_available numbers workspace_settings.available_numbers.available   {_ROOM},direct_number,+3
workspace_available_numbers_secondary   {_NUMBERS}.workspace_secondary numbers workspace_settings.available_numbers.secondary   {_ROOM},direct_number,+3
"""  # noqa: E501

#: The 20 checks of `v1_requirements_status`: name, files of which one must say something, in one of these columns.
_CHECKS = """
call_queue_details_names call_queue_agents        first_name,last_name,member_id
call_queue_forwarding    call_queue_forwarding    -
groups_list              groups                   -
group_member_info        group_members            -
group_id                 group_members            group_id
licenses_no_pstn         licenses_no_pstn         -
route_group_id           location_pstn_connection route_group_id
connection_type          location_pstn_connection connection_type
locations_language       locations                language
locations_address_1      locations                address_1
locations_city           locations                city
locations_state          locations                state
locations_postal_code    locations                postal_code
locations_country        locations                country
users_webex_calling      people                   webex_calling_enabled,location_id
workspace_id             workspaces               workspace_id
direct_number            person_numbers/workspace_numbers -
location_calling_enabled calling_locations        -
api_orgid_locationid_validation calling_locations_details -
"""


def _module(line: str) -> Module:
    name, source, each, method, columns = line.split()
    return Module(
        name,
        source.strip("-"),
        each.strip("-"),
        method,
        tuple(part for column in columns.split(",") for part in (RAW if column == "+3" else (column,))),
    )


def _check(line: str) -> tuple[str, str, tuple[str, ...]]:
    name, files, columns = line.split()
    return name, files, tuple(columns.strip("-").split(",")) if columns != "-" else ()


MODULES = tuple(_module(line) for line in _LINES.strip().splitlines())
CHECKS = tuple(_check(line) for line in _CHECKS.strip().splitlines())
NO_PSTN = tuple("entity_id entity_type license_id license_name is_pstn".split())
REQUIREMENTS = tuple("requirement_id status artifact details".split())
STATUS = tuple("module method result http_status error count elapsed_ms".split())
