/// Redis as an add-on: a server on a host's disk. `Instances` writes down what shall be; `Keeper`
/// brings it about by `InstanceServers`, the containers on the hosts.
@NullMarked
package dev.slipway.redis;

import org.jspecify.annotations.NullMarked;
