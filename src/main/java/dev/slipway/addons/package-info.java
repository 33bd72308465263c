/// Add-ons: services beside the app, such as a database, whose addresses and secrets it gets as
/// config vars. What a service is stands in a `Provider`; the rest is the same for all. Changes of
/// config vars go through `deploy`.
@NullMarked
package dev.slipway.addons;

import org.jspecify.annotations.NullMarked;
