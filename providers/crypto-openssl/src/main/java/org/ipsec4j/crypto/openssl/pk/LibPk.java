package org.ipsec4j.crypto.openssl.pk;

import java.lang.foreign.MemorySegment;
import org.ipsec4j.ffm.NativeLibrary;

/**
 * The functions of libcrypto 3 for numbers, curves and keys. All of them are in every version since
 * 3.0 and none is marked as deprecated there. Immutable.
 */
final class LibPk {
  /** {@code BN_FLG_CONSTTIME}: the number is secret. */
  static final int SECRET_NUMBER = 4;

  /** {@code RSA_PKCS1_PSS_PADDING}. */
  static final int PSS_PADDING = 6;

  /** Says where a function lies. */
  @FunctionalInterface
  interface Symbols {
    MemorySegment address(String name) throws NativeLibrary.MissingException;
  }

  private final Symbols symbols;

  final NativeFunction errClearError;

  final NativeFunction bnNew;
  final NativeFunction bnBin2bn;
  final NativeFunction bnBn2binpad;
  final NativeFunction bnClearFree;
  final NativeFunction bnSetFlags;
  final NativeFunction bnCtxNew;
  final NativeFunction bnCtxFree;
  final NativeFunction bnMontCtxNew;
  final NativeFunction bnMontCtxSet;
  final NativeFunction bnModExp;
  final NativeFunction bnModInverse;
  final NativeFunction bnModMul;
  final NativeFunction bnMod;

  final NativeFunction ecGroupNew;
  final NativeFunction ecGroupGetCurve;
  final NativeFunction ecGroupOrder;
  final NativeFunction ecPointNew;
  final NativeFunction ecPointFree;
  final NativeFunction ecPointSet;
  final NativeFunction ecPointGet;
  final NativeFunction ecPointMul;

  final NativeFunction pkeyFree;
  final NativeFunction pkeyUpRef;
  final NativeFunction pkeyBaseId;
  final NativeFunction pkeySize;
  final NativeFunction pkeyGroupName;
  final NativeFunction pkeyNewRawPrivate;
  final NativeFunction pkeyNewRawPublic;
  final NativeFunction pkeyGetRawPublic;
  final NativeFunction pkeyCtxNew;
  final NativeFunction pkeyCtxNewByName;
  final NativeFunction pkeyCtxFree;
  final NativeFunction fromDataInit;
  final NativeFunction fromData;
  final NativeFunction deriveInit;
  final NativeFunction deriveSetPeer;
  final NativeFunction derive;

  final NativeFunction keygenInit;
  final NativeFunction setParams;
  final NativeFunction generate;
  final NativeFunction encapsulateInit;
  final NativeFunction encapsulate;
  final NativeFunction decapsulateInit;
  final NativeFunction decapsulate;

  final NativeFunction pkcs8Decode;
  final NativeFunction pkcs8Free;
  final NativeFunction pkcs8ToPkey;
  final NativeFunction mdFetch;
  final NativeFunction digest;
  final NativeFunction mdCtxNew;
  final NativeFunction mdCtxFree;
  final NativeFunction signInit;
  final NativeFunction sign;
  final NativeFunction verifyInit;
  final NativeFunction verify;
  final NativeFunction rsaPadding;
  final NativeFunction pssSaltLength;

  /**
   * @throws NativeLibrary.MissingException when the library lacks one of them
   */
  LibPk(Symbols symbols) throws NativeLibrary.MissingException {
    this.symbols = symbols;
    errClearError = bind("ERR_clear_error", 0);

    bnNew = bind("BN_new", 0);
    bnBin2bn = bind("BN_bin2bn", 3);
    bnBn2binpad = bind("BN_bn2binpad", 3);
    bnClearFree = bind("BN_clear_free", 1);
    bnSetFlags = bind("BN_set_flags", 2);
    bnCtxNew = bind("BN_CTX_new", 0);
    bnCtxFree = bind("BN_CTX_free", 1);
    bnMontCtxNew = bind("BN_MONT_CTX_new", 0);
    bnMontCtxSet = bind("BN_MONT_CTX_set", 3);
    bnModExp = bind("BN_mod_exp_mont_consttime", 6);
    bnModInverse = bind("BN_mod_inverse", 4);
    bnModMul = bind("BN_mod_mul", 5);
    bnMod = bind("BN_nnmod", 4);

    ecGroupNew = bind("EC_GROUP_new_by_curve_name", 1);
    ecGroupGetCurve = bind("EC_GROUP_get_curve", 5);
    ecGroupOrder = bind("EC_GROUP_get0_order", 1);
    ecPointNew = bind("EC_POINT_new", 1);
    ecPointFree = bind("EC_POINT_clear_free", 1);
    ecPointSet = bind("EC_POINT_set_affine_coordinates", 5);
    ecPointGet = bind("EC_POINT_get_affine_coordinates", 5);
    ecPointMul = bind("EC_POINT_mul", 6);

    pkeyFree = bind("EVP_PKEY_free", 1);
    pkeyUpRef = bind("EVP_PKEY_up_ref", 1);
    pkeyBaseId = bind("EVP_PKEY_get_base_id", 1);
    pkeySize = bind("EVP_PKEY_get_size", 1);
    pkeyGroupName = bind("EVP_PKEY_get_group_name", 4);
    pkeyNewRawPrivate = bind("EVP_PKEY_new_raw_private_key", 4);
    pkeyNewRawPublic = bind("EVP_PKEY_new_raw_public_key", 4);
    pkeyGetRawPublic = bind("EVP_PKEY_get_raw_public_key", 3);
    pkeyCtxNew = bind("EVP_PKEY_CTX_new", 2);
    pkeyCtxNewByName = bind("EVP_PKEY_CTX_new_from_name", 3);
    pkeyCtxFree = bind("EVP_PKEY_CTX_free", 1);
    fromDataInit = bind("EVP_PKEY_fromdata_init", 1);
    fromData = bind("EVP_PKEY_fromdata", 4);
    deriveInit = bind("EVP_PKEY_derive_init", 1);
    deriveSetPeer = bind("EVP_PKEY_derive_set_peer_ex", 3);
    derive = bind("EVP_PKEY_derive", 3);

    keygenInit = bind("EVP_PKEY_keygen_init", 1);
    setParams = bind("EVP_PKEY_CTX_set_params", 2);
    generate = bind("EVP_PKEY_generate", 2);
    encapsulateInit = bind("EVP_PKEY_encapsulate_init", 2);
    encapsulate = bind("EVP_PKEY_encapsulate", 5);
    decapsulateInit = bind("EVP_PKEY_decapsulate_init", 2);
    decapsulate = bind("EVP_PKEY_decapsulate", 5);

    pkcs8Decode = bind("d2i_PKCS8_PRIV_KEY_INFO", 3);
    pkcs8Free = bind("PKCS8_PRIV_KEY_INFO_free", 1);
    pkcs8ToPkey = bind("EVP_PKCS82PKEY", 1);
    mdFetch = bind("EVP_MD_fetch", 3);
    digest = bind("EVP_Digest", 6);
    mdCtxNew = bind("EVP_MD_CTX_new", 0);
    mdCtxFree = bind("EVP_MD_CTX_free", 1);
    signInit = bind("EVP_DigestSignInit", 5);
    sign = bind("EVP_DigestSign", 5);
    verifyInit = bind("EVP_DigestVerifyInit", 5);
    verify = bind("EVP_DigestVerify", 5);
    rsaPadding = bind("EVP_PKEY_CTX_set_rsa_padding", 2);
    pssSaltLength = bind("EVP_PKEY_CTX_set_rsa_pss_saltlen", 2);
  }

  /**
   * A function, which only some versions may have.
   *
   * @param arguments how many it takes
   * @throws NativeLibrary.MissingException when this version does not have it
   */
  NativeFunction bind(String name, int arguments) throws NativeLibrary.MissingException {
    return new NativeFunction(name, arguments, symbols.address(name));
  }
}
