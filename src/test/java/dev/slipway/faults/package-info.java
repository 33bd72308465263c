/// Bad input and broken parts, tried on the machine that is up: each a clear error, nothing lost,
/// and the old release serves on. `docs/reference/faults.md` has what was measured.
@NullMarked
package dev.slipway.faults;

import org.jspecify.annotations.NullMarked;
