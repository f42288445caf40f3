"""Pages of forms: what I may fill, registers, filling, reading and deciding, prints, the programs' door."""
