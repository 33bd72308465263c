/// Route tables, and the protocol by which routers fetch them, probe dynos and report figures.
@NullMarked
package dev.slipway.router;

import org.jspecify.annotations.NullMarked;
