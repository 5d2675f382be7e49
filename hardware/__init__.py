"""The things on the desk: radio, satellite phone, fax, scanner, printer."""
