#!/usr/bin/python3
"""payloads.py text|noise BYTES: the same bytes on every run, own work: made-up words, or noise that does not compress."""
import random
import sys

SYLLABLES = ["ba", "ko", "ri", "te", "mu", "lan", "sor", "vi", "da", "ne", "pul", "ga", "wen", "to", "shi", "mar"]


def text(rng, size):
    words = []
    length = 0
    while length < size:
        word = "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(1, 4)))
        word += "\n" if rng.random() < 0.08 else " "
        words.append(word)
        length += len(word)
    return "".join(words).encode()[:size]


def main():
    kind, size = sys.argv[1], int(sys.argv[2])
    rng = random.Random(4303)
    sys.stdout.buffer.write(text(rng, size) if kind == "text" else rng.randbytes(size))


if __name__ == "__main__":
    main()
