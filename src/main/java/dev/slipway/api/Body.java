package dev.slipway.api;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A request's JSON object, read with care: what is missing or of the wrong type is the sender's
/// error, said with the field's name.
final class Body {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final JsonNode object;

  private Body(JsonNode object) {
    this.object = object;
  }

  /// Parses the bytes; none at all stand for an empty object.
  static Body parse(byte[] bytes) {
    try {
      var node = bytes.length == 0 ? MAPPER.createObjectNode() : MAPPER.readTree(bytes);
      if (node == null || !node.isObject()) {
        throw UserError.of(ErrorCode.BAD_REQUEST, "The request body must be a JSON object.");
      }
      return new Body(node);
    } catch (JacksonException e) {
      throw UserError.of(ErrorCode.BAD_REQUEST, "The request body is not valid JSON.");
    }
  }

  String text(String field) {
    return optionalText(field).orElseThrow(() -> invalid("Missing " + field + "."));
  }

  Optional<String> optionalText(String field) {
    return optional(field).map(node -> text(field, node));
  }

  /// A text or null; the field itself must be there.
  @Nullable String textOrNull(String field) {
    if (!object.has(field)) {
      throw invalid("Missing " + field + ".");
    }
    return optionalText(field).orElse(null);
  }

  Optional<Boolean> optionalFlag(String field) {
    return optional(field)
        .map(node -> {
          if (!node.isBoolean()) {
            throw invalid(shown(field) + " must be true or false.");
          }
          return node.booleanValue();
        });
  }

  Optional<Integer> optionalInteger(String field) {
    return optional(field)
        .map(node -> {
          if (!node.isIntegralNumber() || !node.canConvertToInt()) {
            throw invalid(shown(field) + " must be a whole number.");
          }
          return node.intValue();
        });
  }

  /// A text or a whole number, as text: clients send both for quantities and versions.
  Optional<String> optionalTextOrInteger(String field) {
    return optional(field)
        .map(node -> node.isIntegralNumber() ? node.asString() : text(field, node));
  }

  /// Another object by name or id: the text itself, or an object with `name` or `id`.
  Optional<String> optionalReference(String field) {
    return optional(field)
        .flatMap(node -> {
          if (!node.isObject()) {
            return Optional.of(text(field, node));
          }
          var named = new Body(node);
          return named.optionalText("name").or(() -> named.optionalText("id"));
        });
  }

  String reference(String field) {
    return optionalReference(field).orElseThrow(() -> invalid("Missing " + field + "."));
  }

  Body object(String field) {
    var node = optional(field).orElseThrow(() -> invalid("Missing " + field + "."));
    if (!node.isObject()) {
      throw invalid(shown(field) + " must be an object.");
    }
    return new Body(node);
  }

  List<String> texts(String field) {
    return array(field).valueStream().map(each -> text(field, each)).toList();
  }

  List<Body> objects(String field) {
    var objects = new ArrayList<Body>();
    for (var each : array(field)) {
      if (!each.isObject()) {
        throw invalid(shown(field) + " must hold objects.");
      }
      objects.add(new Body(each));
    }
    return objects;
  }

  Optional<List<String>> optionalTexts(String field) {
    return has(field) ? Optional.of(texts(field)) : Optional.empty();
  }

  /// All fields as texts or nulls.
  Map<String, @Nullable String> texts() {
    var texts = new LinkedHashMap<String, @Nullable String>();
    for (var field : object.properties()) {
      var value = field.getValue();
      requireUnicode(field.getKey(), field.getKey());
      texts.put(field.getKey(), value.isNull() ? null : text(field.getKey(), value));
    }
    return texts;
  }

  /// An object's fields as texts, of which some may be whole numbers; nulls and a missing object
  /// are nothing.
  SortedMap<String, String> textMap(String field) {
    var texts = new TreeMap<String, String>();
    if (has(field)) {
      var object = object(field);
      for (var name : object.object.propertyNames()) {
        requireUnicode(field, name);
        object.optionalTextOrInteger(name).ifPresent(text -> texts.put(name, text));
      }
    }
    return texts;
  }

  private JsonNode array(String field) {
    var node = optional(field).orElseThrow(() -> invalid("Missing " + field + "."));
    if (!node.isArray()) {
      throw invalid(shown(field) + " must be an array.");
    }
    return node;
  }

  /// All fields as texts; numbers and flags, as clients make them of options, are taken as such.
  Map<String, String> options() {
    var options = new LinkedHashMap<String, String>();
    for (var field : object.properties()) {
      var value = field.getValue();
      requireUnicode(field.getKey(), field.getKey());
      if (value.isNull()) {
        continue;
      }
      var plain = value.isBoolean() || value.isIntegralNumber();
      options.put(field.getKey(), plain ? value.asString() : text(field.getKey(), value));
    }
    return options;
  }

  /// Whether it says anything of the field, be it null.
  boolean mentions(String field) {
    return object.has(field);
  }

  boolean has(String field) {
    return optional(field).isPresent();
  }

  static UserError invalid(String what) {
    return UserError.of(ErrorCode.INVALID_PARAMS, what);
  }

  private Optional<JsonNode> optional(String field) {
    return Optional.ofNullable(object.get(field)).filter(node -> !node.isNull());
  }

  private static String text(String field, JsonNode node) {
    if (!node.isString()) {
      throw invalid(shown(field) + " must be a string.");
    }
    return requireUnicode(field, node.stringValue());
  }

  /// JSON can carry half a character, which nothing further on could write down.
  private static String requireUnicode(String field, String text) {
    if (text.codePoints().anyMatch(point -> point >= 0xd800 && point <= 0xdfff)) {
      throw invalid(shown(field) + " must be valid Unicode.");
    }
    return text;
  }

  private static String shown(String field) {
    return field.length() > 60 ? field.substring(0, 60) + "…" : field;
  }
}
