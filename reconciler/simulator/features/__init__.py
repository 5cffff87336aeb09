"""Features of a location: hunt groups, queues, attendants, schedules, parks, pickups, paging, voicemail groups, …"""
