package dev.slipway.api;

import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.AppName;
import dev.slipway.core.DynoName;
import dev.slipway.core.ProcessType;
import dev.slipway.core.Secret;
import dev.slipway.core.ServiceName;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;

/// Writes answers in Heroku's spelling: snake case, nulls shown, times in ISO 8601, ids as text.
final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .addModule(
              new SimpleModule()
                  .addSerializer(AccountId.class, ToStringSerializer.instance)
                  .addSerializer(AppId.class, ToStringSerializer.instance)
                  .addSerializer(AppName.class, ToStringSerializer.instance)
                  .addSerializer(DynoName.class, ToStringSerializer.instance)
                  .addSerializer(ProcessType.class, ToStringSerializer.instance)
                  .addSerializer(Secret.class, ToStringSerializer.instance)
                  .addSerializer(ServiceName.class, ToStringSerializer.instance))
          .build();

  private Json() {}

  static byte[] write(Object value) {
    return (MAPPER.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
