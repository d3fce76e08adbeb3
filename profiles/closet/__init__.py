"""The closet: what a teacher keeps, packs for a colleague, and picks up from one."""
