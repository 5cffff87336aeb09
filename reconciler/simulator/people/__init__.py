"""People, licences, groups and SCIM."""
