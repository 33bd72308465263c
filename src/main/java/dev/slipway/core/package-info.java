/// The words every part shares: identifiers, problems and how they are told to a person, secrets.
/// Depends on nothing but the JDK; every other package may import it.
@NullMarked
package dev.slipway.core;

import org.jspecify.annotations.NullMarked;
