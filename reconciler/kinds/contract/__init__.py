"""What a kind is made of, and what the rest of the program knows of one: its declaration (`kind`, `observed`), the
marks on its fields, how the API spells things (`wire`), its jobs, and objects of one name.
"""
