/** Bounds on what a hostile header can make the readers do. */

/** Sections of one executable. Real objects pass 65,535 (ELF has a second counter for them); each costs about 200 bytes here. */
export const MAX_SECTIONS = 1 << 18;

/** Bytes of a section name. Mangled C++ names in `.text.…` sections run to hundreds; without a bound, many headers could name one huge string. */
export const MAX_NAME_BYTES = 512;

/** Issues of one executable that are spelled out, so that a table full of bad entries stays readable. */
export const MAX_ISSUES = 100;

/**
 * Slices of a fat Mach-O file. Java class files share its magic and have their version where the slice count is:
 * 45 or more.
 */
export const MAX_FAT_SLICES = 30;
