package dev.slipway.api;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A list that clients read in pages, sorted by an attribute of their choice. The first attribute
/// is the usual one; each must tell the rows apart.
///
/// @param <T> what a row is
record Listing<T>(List<T> rows, Map<String, Function<T, String>> attributes) {
  /// Heroku's default and its most.
  static final int USUAL = 200;

  static final int MOST = 1000;

  private static final Pattern RANGE =
      Pattern.compile("\\s*([a-z_]+)\\s*(?:(\\]?)([^;]*?)\\.\\.([^;]*?))?\\s*(?:;(.*))?");
  private static final Pattern MAX = Pattern.compile("\\bmax\\s*=\\s*([0-9]{1,9})");
  private static final Pattern DESCENDING = Pattern.compile("\\border\\s*=\\s*desc\\b");

  /// Numbers by value, all else by text.
  private static final Comparator<String> ORDER =
      (left, right) ->
          isNumber(left) && isNumber(right)
              ? Long.compare(Long.parseLong(left), Long.parseLong(right))
              : left.compareTo(right);

  /// One page.
  ///
  /// @param range what it holds, for `Content-Range`
  /// @param nextRange what to ask for next, or null on the last page
  record Page<T>(List<T> rows, String range, @Nullable String nextRange) {}

  static <T> Listing<T> by(List<T> rows, String attribute, Function<T, String> key) {
    var attributes = new LinkedHashMap<String, Function<T, String>>();
    attributes.put(attribute, key);
    return new Listing<>(rows, attributes);
  }

  Listing<T> or(String attribute, Function<T, String> key) {
    var more = new LinkedHashMap<>(attributes);
    more.put(attribute, key);
    return new Listing<>(rows, more);
  }

  String acceptRanges() {
    return String.join(", ", attributes.keySet());
  }

  /// The page that a `Range` header asks for; what can't be read in it is passed over.
  Page<T> page(@Nullable String header) {
    var range = RANGE.matcher(header == null ? "" : header);
    var asked = range.matches();
    var known = asked && attributes.containsKey(range.group(1));
    var attribute = known ? range.group(1) : attributes.keySet().iterator().next();
    var options = asked && range.group(5) != null ? range.group(5) : "";
    var start = known ? text(range.group(3)) : "";
    var end = known ? text(range.group(4)) : "";
    var exclusive = known && "]".equals(range.group(2));
    return page(attribute, start, exclusive, end, max(options), DESCENDING.matcher(options).find());
  }

  private Page<T> page(
      String attribute, String start, boolean exclusive, String end, int max, boolean descending) {
    var key = attributes.getOrDefault(attribute, Object::toString);
    var order = descending ? ORDER.reversed() : ORDER;
    var within =
        rows.stream()
            .sorted(Comparator.comparing(key, order))
            .filter(row -> start.isEmpty() || after(order, key.apply(row), start, exclusive))
            .filter(row -> end.isEmpty() || order.compare(key.apply(row), end) <= 0)
            .collect(Collectors.toList());
    var shown = List.copyOf(within.subList(0, Math.min(max, within.size())));
    if (shown.isEmpty()) {
      return new Page<>(shown, attribute + " ..", null);
    }
    var last = key.apply(shown.getLast());
    var next = "]" + last + ".." + end + "; max=" + max + (descending ? ", order=desc" : "");
    return new Page<>(
        shown,
        attribute + " " + key.apply(shown.getFirst()) + ".." + last,
        shown.size() < within.size() ? attribute + " " + next : null);
  }

  private static boolean after(
      Comparator<String> order, String value, String start, boolean exclusive) {
    var compared = order.compare(value, start);
    return exclusive ? compared > 0 : compared >= 0;
  }

  private static int max(String options) {
    var max = MAX.matcher(options);
    return max.find() ? Math.clamp(Integer.parseInt(max.group(1)), 1, MOST) : USUAL;
  }

  private static String text(@Nullable String group) {
    return group == null ? "" : group.strip();
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() < 19
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
