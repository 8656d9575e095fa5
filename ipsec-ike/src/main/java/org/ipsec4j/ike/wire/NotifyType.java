package org.ipsec4j.ike.wire;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Notify message types (RFC 7296 3.10.1 and the documents named). Numbers below 16384 are errors,
 * the others status.
 */
public enum NotifyType {
  /** A critical payload that is not understood; the data are its one-octet type. */
  UNSUPPORTED_CRITICAL_PAYLOAD(1),
  /** No IKE SA with these SPIs. */
  INVALID_IKE_SPI(4),
  /** The major version is not spoken. */
  INVALID_MAJOR_VERSION(5),
  /** A message that is malformed or contradicts its exchange. */
  INVALID_SYNTAX(7),
  /** A Message ID outside the window; the data are the four-octet ID. */
  INVALID_MESSAGE_ID(9),
  /** ESP or AH with an unknown SPI; the data are the SPI. */
  INVALID_SPI(11),
  /** No proposal is acceptable. */
  NO_PROPOSAL_CHOSEN(14),
  /** Another key exchange method is wanted; the data are its two-octet number. */
  INVALID_KE_PAYLOAD(17),
  /** Authentication failed, for whatever reason. */
  AUTHENTICATION_FAILED(24),
  /** Only a single pair of addresses is acceptable. */
  SINGLE_PAIR_REQUIRED(34),
  /** No more Child SAs under this IKE SA. */
  NO_ADDITIONAL_SAS(35),
  /** No address to assign. */
  INTERNAL_ADDRESS_FAILURE(36),
  /** A configuration request was expected. */
  FAILED_CP_REQUIRED(37),
  /** No traffic selector is acceptable. */
  TS_UNACCEPTABLE(38),
  /** A packet whose selectors do not match its SA; the data are its beginning. */
  INVALID_SELECTORS(39),
  /** RFC 4555. */
  UNACCEPTABLE_ADDRESSES(40),
  /** RFC 4555. */
  UNEXPECTED_NAT_DETECTED(41),
  /** Try again later (2.25). */
  TEMPORARY_FAILURE(43),
  /** The Child SA to be rekeyed is not there; protocol and SPI name it (2.25). */
  CHILD_SA_NOT_FOUND(44),

  /** The only IKE SA between the identities. */
  INITIAL_CONTACT(16384),
  /** Window size, four octets. */
  SET_WINDOW_SIZE(16385),
  /** The selectors were narrowed. */
  ADDITIONAL_TS_POSSIBLE(16386),
  /** IPComp. */
  IPCOMP_SUPPORTED(16387),
  /** SHA-1 of SPIs, source address and port (2.23). */
  NAT_DETECTION_SOURCE_IP(16388),
  /** SHA-1 of SPIs, destination address and port (2.23). */
  NAT_DETECTION_DESTINATION_IP(16389),
  /** Cookie of 1 to 64 octets (2.6). */
  COOKIE(16390),
  /** Transport mode is asked for or granted. */
  USE_TRANSPORT_MODE(16391),
  /** Hash and URL certificates are understood. */
  HTTP_CERT_LOOKUP_SUPPORTED(16392),
  /** Protocol and SPI name the Child SA that is rekeyed. */
  REKEY_SA(16393),
  /** TFC padding is not accepted. */
  ESP_TFC_PADDING_NOT_SUPPORTED(16394),
  /** Fragments may be carried on the SA. */
  NON_FIRST_FRAGMENTS_ALSO(16395),
  /** RFC 4555. */
  MOBIKE_SUPPORTED(16396),
  /** RFC 4555. */
  ADDITIONAL_IP4_ADDRESS(16397),
  /** RFC 4555. */
  ADDITIONAL_IP6_ADDRESS(16398),
  /** RFC 4555. */
  NO_ADDITIONAL_ADDRESSES(16399),
  /** RFC 4555. */
  UPDATE_SA_ADDRESSES(16400),
  /** RFC 4555. */
  COOKIE2(16401),
  /** RFC 4555. */
  NO_NATS_ALLOWED(16402),
  /** RFC 4478. */
  AUTH_LIFETIME(16403),
  /** RFC 4739. */
  MULTIPLE_AUTH_SUPPORTED(16404),
  /** RFC 4739. */
  ANOTHER_AUTH_FOLLOWS(16405),
  /** RFC 5685. */
  REDIRECT_SUPPORTED(16406),
  /** RFC 5685. */
  REDIRECT(16407),
  /** RFC 5685. */
  REDIRECTED_FROM(16408),
  /** RFC 5723. */
  TICKET_LT_OPAQUE(16409),
  /** RFC 5723. */
  TICKET_REQUEST(16410),
  /** RFC 5723. */
  TICKET_ACK(16411),
  /** RFC 5723. */
  TICKET_NACK(16412),
  /** RFC 5723. */
  TICKET_OPAQUE(16413),
  /** RFC 5840. */
  USE_WESP_MODE(16415),
  /** RFC 5998. */
  EAP_ONLY_AUTHENTICATION(16417),
  /** RFC 6023. */
  CHILDLESS_IKEV2_SUPPORTED(16418),
  /** RFC 6290. */
  QUICK_CRASH_DETECTION(16419),
  /** RFC 6311. */
  IKEV2_MESSAGE_ID_SYNC_SUPPORTED(16420),
  /** RFC 6311. */
  IPSEC_REPLAY_COUNTER_SYNC_SUPPORTED(16421),
  /** RFC 6311. */
  IKEV2_MESSAGE_ID_SYNC(16422),
  /** RFC 6311. */
  IPSEC_REPLAY_COUNTER_SYNC(16423),
  /** RFC 7383. */
  IKEV2_FRAGMENTATION_SUPPORTED(16430),
  /** Two-octet hash numbers (RFC 7427 4). */
  SIGNATURE_HASH_ALGORITHMS(16431),
  /** RFC 8784. */
  USE_PPK(16435),
  /** RFC 8784. */
  PPK_IDENTITY(16436),
  /** RFC 8784. */
  NO_PPK_AUTH(16437),
  /** RFC 9242. */
  INTERMEDIATE_EXCHANGE_SUPPORTED(16438),
  /** RFC 8983. */
  IP4_ALLOWED(16439),
  /** RFC 8983. */
  IP6_ALLOWED(16440),
  /** RFC 9370. */
  ADDITIONAL_KEY_EXCHANGE(16441),
  /** RFC 9347. */
  USE_AGGFRAG(16442);

  private static final int FIRST_STATUS = 16384;
  private static final Map<Integer, NotifyType> BY_NUMBER = byNumber();

  private final int number;

  NotifyType(int number) {
    this.number = number;
  }

  private static Map<Integer, NotifyType> byNumber() {
    Map<Integer, NotifyType> map = new HashMap<>();
    for (NotifyType type : values()) {
      map.put(type.number, type);
    }
    return Map.copyOf(map);
  }

  /** IANA number. */
  public int number() {
    return number;
  }

  /** Whether it reports an error. */
  public boolean isError() {
    return isError(number);
  }

  /**
   * Whether a number, known or not, reports an error: an unknown one fails the request (3.10.1).
   */
  public static boolean isError(int number) {
    return number < FIRST_STATUS;
  }

  /** The type of a number. */
  public static Optional<NotifyType> of(int number) {
    return Optional.ofNullable(BY_NUMBER.get(number));
  }

  /** The name of a number, known or not, for people. */
  public static String name(int number) {
    return of(number)
        .map(NotifyType::name)
        .orElse((isError(number) ? "error-" : "status-") + number);
  }
}
