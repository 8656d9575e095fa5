/**
 * What providers in native code share: finding a library, memory outside the heap, and keys that
 * are freed only when no worker can still read them.
 *
 * <ul>
 *   <li>Start reading at {@link org.ipsec4j.ffm.NativeLibrary}, then {@link
 *       org.ipsec4j.ffm.Quiescence}.
 *   <li>May import org.ipsec4j.api and java.lang.foreign. No provider itself; never loads a library
 *       by itself.
 *   <li>RFC sections: none.
 *   <li>Explained by QuiescenceTest.
 * </ul>
 */
package org.ipsec4j.ffm;
