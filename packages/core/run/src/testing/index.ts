export {
  listSink,
  namedColumns,
  peoplePlugin,
  ruledSegment,
  SmallReceiver,
} from './people-plugins.ts'
export { atLeast, byRemainder, evenOnly } from './small-plugins.ts'
export { SmallProject } from './small-project.ts'
