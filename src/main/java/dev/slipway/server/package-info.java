/// Wiring: builds control's object graph and starts it. Imported by `Main` alone.
@NullMarked
package dev.slipway.server;

import org.jspecify.annotations.NullMarked;
