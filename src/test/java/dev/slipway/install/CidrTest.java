package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// Blocks of addresses.
class CidrTest {
  @Test
  void theUpperHalfOfABlockBeginsInItsMiddle() {
    assertEquals("10.202.128.0/17", Cidr.parse("10.202.0.0/16").upperHalf().toString());
    assertEquals("192.168.1.128/25", Cidr.parse("192.168.1.0/24").upperHalf().toString());
  }

  @Test
  void blocksOverlapWhenOneHoldsTheOther() {
    var wide = Cidr.parse("10.0.0.0/8");
    assertTrue(wide.overlaps(Cidr.parse("10.202.0.0/16")));
    assertTrue(Cidr.parse("10.202.3.0/24").overlaps(wide));
    assertFalse(wide.overlaps(Cidr.parse("11.0.0.0/8")));
    assertTrue(Cidr.parse("0.0.0.0/0").overlaps(Cidr.parse("203.0.113.0/24")));
  }

  @Test
  void bitsThatAreNotFixedAreCleared() {
    assertEquals("10.202.0.0/16", Cidr.parse("10.202.3.4/16").toString());
    assertEquals("10.202.0.2", Cidr.parse("10.202.3.4/16").host(2));
  }

  @Test
  void nonsenseIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Cidr.parse("fe80::/64"));
  }
}
