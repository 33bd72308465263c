/// Which manager's control runs, and how another one takes over with the same state: the journal of
/// control's database among the Swarm's own objects, terms that fence who held one before, and the
/// standby that watches. Knows nothing of apps.
@NullMarked
package dev.slipway.takeover;

import org.jspecify.annotations.NullMarked;
