/// Postgres as an add-on: a server on a host's disk with a pooler in front, or the pooler alone in
/// front of a server that is elsewhere. `Databases` writes down what shall be; `Keeper` brings it
/// about by `DatabaseServers`, the containers on the hosts.
@NullMarked
package dev.slipway.postgres;

import org.jspecify.annotations.NullMarked;
