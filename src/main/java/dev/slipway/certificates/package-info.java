/// The TLS certificates of apps: read with care when they come in, kept with their keys sealed, and
/// chosen per domain. Neighbours: `apps` has the domains; `rollout` puts into the route table which
/// domain is served with which; `router` hands certificates to the routers.
@NullMarked
package dev.slipway.certificates;

import org.jspecify.annotations.NullMarked;
