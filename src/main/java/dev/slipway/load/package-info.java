/// A client outside the fleet that sends a steady load to one app and counts what was lost. The
/// HTTP client's types never leave this package.
@NullMarked
package dev.slipway.load;

import org.jspecify.annotations.NullMarked;
