package org.ipsec4j.esp;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.ipsec4j.api.Secret;
import org.jspecify.annotations.NullUnmarked;

/**
 * Octets of heap that objects hold, counted by walking over them: header of 12 octets, references
 * of 4, all rounded up to 8, as a JVM with compressed references lays them out. What was counted
 * once is not counted again, so that shared parts are free once {@link #count} has seen them.
 */
@NullUnmarked
final class Footprint {
  private static final int HEADER = 12;
  private static final int ARRAY_HEADER = 16;
  private static final int REFERENCE = 4;
  private static final int OF_TWO_REFERENCES = 24;

  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Octets of everything that is reachable from an object and was not counted before. */
  long count(Object root) throws ReflectiveOperationException {
    long sum = 0;
    ArrayDeque<Object> waiting = new ArrayDeque<>();
    waiting.add(root);
    while (!waiting.isEmpty()) {
      Object object = waiting.remove();
      if (isOfTheProgram(object) || !seen.add(object)) {
        continue;
      }
      sum += shallow(object);
      children(object, waiting);
    }
    return sum;
  }

  private static boolean isOfTheProgram(Object object) {
    return object instanceof Enum || object instanceof Class || object instanceof String;
  }

  private static void children(Object object, ArrayDeque<Object> into)
      throws ReflectiveOperationException {
    Class<?> type = object.getClass();
    if (object instanceof Object[] array) {
      for (Object element : array) {
        addIfAny(element, into);
      }
    } else if (object instanceof List<?> list) {
      list.forEach(element -> addIfAny(element, into));
    } else if (type.isRecord()) {
      for (RecordComponent component : type.getRecordComponents()) {
        if (!component.getType().isPrimitive() && Modifier.isPublic(type.getModifiers())) {
          addIfAny(component.getAccessor().invoke(object), into);
        }
      }
    } else if (type.getPackageName().startsWith("org.ipsec4j.esp")) {
      for (Class<?> at = type; at != Object.class; at = at.getSuperclass()) {
        for (Field field : at.getDeclaredFields()) {
          if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
            field.setAccessible(true);
            addIfAny(field.get(object), into);
          }
        }
      }
    }
  }

  private static void addIfAny(Object object, ArrayDeque<Object> into) {
    if (object != null) {
      into.add(object);
    }
  }

  private static long shallow(Object object) {
    Class<?> type = object.getClass();
    if (type.isArray()) {
      return rounded(ARRAY_HEADER + (long) Array.getLength(object) * size(type.getComponentType()));
    }
    if (object instanceof List<?> list) {
      return OF_TWO_REFERENCES
          + (list.size() <= 2 ? 0 : rounded(ARRAY_HEADER + (long) list.size() * REFERENCE));
    }
    long sum = HEADER;
    for (Class<?> at = type; at != Object.class; at = at.getSuperclass()) {
      for (Field field : at.getDeclaredFields()) {
        sum += Modifier.isStatic(field.getModifiers()) ? 0 : size(field.getType());
      }
    }
    if (object instanceof Secret secret && !secret.isDestroyed()) {
      sum += rounded(ARRAY_HEADER + secret.length());
    }
    return rounded(sum);
  }

  private static int size(Class<?> type) {
    if (type == long.class || type == double.class) {
      return Long.BYTES;
    }
    if (type == int.class || type == float.class) {
      return Integer.BYTES;
    }
    if (type == short.class || type == char.class) {
      return Short.BYTES;
    }
    return type == boolean.class || type == byte.class ? 1 : REFERENCE;
  }

  private static long rounded(long octets) {
    return (octets + 7) & ~7L;
  }
}
