/// Connections, transactions and migrations of control's database (SQLite in WAL mode). Knows no
/// table: each feature owns its own in one `XxxStore`.
@NullMarked
package dev.slipway.store;

import org.jspecify.annotations.NullMarked;
