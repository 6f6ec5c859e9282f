export type {
  DeliverPort,
  DeliveryCounts,
  DeliveryFailure,
  DeliveryOutcome,
  SendingPort,
} from './deliver-port.ts'
export { deliverSink, payloadRows } from './deliver-sink.ts'
export { type Delivered, deliveredOf } from './delivered.ts'
export { type ForeseenDelivery, foreseeSink } from './foresee.ts'
export {
  type ForgottenFile,
  forgetDeliveries,
  type MirrorTold,
  type PersonValues,
  tellMirrors,
} from './forget-deliveries.ts'
export { deliverSchema, openBook } from './open-book.ts'
export { type DeliveryPlace, deliveryFolders, knownPlaces, placeName } from './place.ts'
export { findResend, type Resend, type ResendChoice } from './resend.ts'
export { compactSegments } from './segments.ts'
export { takeOver } from './take-over.ts'
export { type PlaceStanding, placeFolders, placeStandings } from './waiting.ts'
