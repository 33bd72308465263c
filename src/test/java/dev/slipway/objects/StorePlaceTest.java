package dev.slipway.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.slipway.core.UserError;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

class StorePlaceTest {
  @Test
  void amazonsStoreIsFoundByItsRegion() {
    var place = StorePlace.of("s3://shop-images/a/b/", null, "eu-central-1");
    assertEquals(URI.create("https://s3.eu-central-1.amazonaws.com"), place.endpoint());
    assertEquals("a/b/c", place.key("c"));
    assertEquals("s3://shop-images/a/b", place.url());
    assertThrows(UserError.class, () -> StorePlace.of("s3://shop-images", null, null));
  }

  @Test
  void otherStoresHaveAnAddressAndAnyRegion() {
    var place = StorePlace.of("s3://shop", "store.example.com:9000", null);
    assertEquals(URI.create("https://store.example.com:9000"), place.endpoint());
    assertEquals("us-east-1", place.region());
    assertEquals("c", place.key("c"));
    assertEquals(
        URI.create("http://10.0.0.1"),
        StorePlace.of("s3://shop", "http://10.0.0.1/", "x").endpoint());
  }

  @Test
  void whatCanBeNoPlaceIsRefused() {
    for (var url :
        List.of(
            "shop",
            "s3://",
            "s3://A",
            "s3://ab",
            "s3://shop//a",
            "s3://shop/../a",
            "s3://shop/a b",
            "s3://shop/.a",
            "https://shop/a")) {
      assertThrows(UserError.class, () -> StorePlace.of(url, "https://s", null), url);
    }
    for (var endpoint :
        List.of("", "https://", "ftp://s", "https://s/path", "https://u:p@s", "a b")) {
      assertThrows(UserError.class, () -> StorePlace.of("s3://shop", endpoint, null), endpoint);
    }
  }
}
