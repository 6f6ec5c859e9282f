export { brokenEmail, mobile, personalEmail, typedPhone } from './contact-points.ts'
export { generate, josxSeed, type Written } from './generate.ts'
export { firstNames, surnames } from './names.ts'
