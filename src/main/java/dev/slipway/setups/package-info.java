/// App setups: apps made from a source with an `app.json`, which says what they need beside code.
/// Who brings a setup about stands in `api`, beside the builds of tarballs.
@NullMarked
package dev.slipway.setups;

import org.jspecify.annotations.NullMarked;
