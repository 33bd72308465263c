/// Machines that a cloud rents out, behind the interface `Provider`: made, found again and ended.
/// What makes hosts of them is `install`.
@NullMarked
package dev.slipway.provider;

import org.jspecify.annotations.NullMarked;
