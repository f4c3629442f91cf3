"""The pages and the JSON API: what people see."""
