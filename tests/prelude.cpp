// Nothing: what it is compiled with is what counts, the precompiled prelude of all tests.
