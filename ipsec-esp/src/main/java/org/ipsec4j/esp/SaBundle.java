package org.ipsec4j.esp;

/**
 * A bundle (RFC 2401 4.3, RFC 4301 Appendix E): several SAs that a policy demands for one packet,
 * one around the other, such as ESP inside AH. It has as many places as layers; an SA says with
 * {@link SaOptions#withPlace} that it takes one of them. SAs that follow upon one another
 * (rekeying) take the same place, any number of them at once.
 *
 * <p>The identity of the object is the bundle. Both directions of a Child SA may name the same one.
 * Immutable.
 */
public final class SaBundle {
  /** Most layers. */
  public static final int MAX_LAYERS = 8;

  private final String name;
  private final int layers;
  private final boolean compression;

  private SaBundle(String name, int layers, boolean compression) {
    if (layers < 1 || layers > MAX_LAYERS) {
      throw new IllegalArgumentException(layers + " layers are not in 1.." + MAX_LAYERS);
    }
    this.name = name;
    this.layers = layers;
    this.compression = compression;
  }

  /**
   * A bundle.
   *
   * @param name for people
   * @param layers how many SAs protect each packet, 1 to {@link #MAX_LAYERS}
   * @throws IllegalArgumentException when there are too few or too many layers
   */
  public static SaBundle of(String name, int layers) {
    return new SaBundle(name, layers, false);
  }

  /** The same with IPComp (RFC 3173) inside the innermost SA: packets may come compressed. */
  public SaBundle withCompression() {
    return new SaBundle(name, layers, true);
  }

  /** How many SAs protect each packet. */
  public int layers() {
    return layers;
  }

  /** Whether packets may come compressed inside the innermost SA. */
  public boolean compression() {
    return compression;
  }

  /**
   * A place in it.
   *
   * @param layer 0 for the innermost SA, the one next to the packet; the outermost is last
   * @throws IllegalArgumentException when the bundle has no such layer
   */
  public Place place(int layer) {
    return new Place(this, layer);
  }

  @Override
  public String toString() {
    return "bundle " + name + " of " + layers + (compression ? " with compression" : "");
  }

  /**
   * The place of an SA in a bundle.
   *
   * @param bundle which
   * @param layer 0 for the innermost SA
   */
  public record Place(SaBundle bundle, int layer) {
    /**
     * @throws IllegalArgumentException when the bundle has no such layer
     */
    public Place {
      if (layer < 0 || layer >= bundle.layers) {
        throw new IllegalArgumentException(bundle + " has no layer " + layer);
      }
    }
  }
}
