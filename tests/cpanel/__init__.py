"""Mailward on cPanel & WHM: its bridge, its panel, its whole life on a double of the panel."""
