import { configureGlobal } from 'fast-check'

/** Properties draw the same cases on every machine and day; `npm run fuzz` draws others and prints the seed with which they are drawn again. */
const writtenDown = 20261129

configureGlobal({ seed: Number(process.env.SILLAGE_FUZZ_SEED ?? writtenDown) })
