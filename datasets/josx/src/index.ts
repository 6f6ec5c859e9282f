export { generate, josxSeed, type Written } from './generate.ts'
