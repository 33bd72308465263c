/// Who may use this installation: accounts and their API keys, stored hashed.
@NullMarked
package dev.slipway.accounts;

import org.jspecify.annotations.NullMarked;
