/// Copies of control's own state: made each night, encrypted, tried, kept for a while, and brought
/// back on another machine. Knows no table and no feature, only the files that hold all of it.
/// `server` has copies made; `install` makes them on demand, tells how they are, and restores them.
@NullMarked
package dev.slipway.safekeeping;

import org.jspecify.annotations.NullMarked;
