import { campaignSections } from '@sillage/campaign/keys'
import { inboxSections } from '@sillage/inbox/keys'
import { lineageSections } from '@sillage/openlineage/keys'
import { joinSections } from '@sillage/pipeline'
import { reportSections } from '@sillage/report/keys'
import { scheduleSections } from '@sillage/scheduler/keys'
import { alarmSections } from './alarm/keys.ts'
import { freshnessSections } from './freshness/keys.ts'

/** What the apps add to pipeline files and to `sillage.yaml`: the one list of them, in the order in which editors see their keys. */
export const sections = joinSections(
  [
    ...freshnessSections,
    ...scheduleSections,
    ...reportSections,
    ...campaignSections,
    ...alarmSections,
    ...inboxSections,
    ...lineageSections,
  ],
  (name) => {
    // By its public name: this module stands in a bundle.
    const built = `@sillage/cli/validators/${name}`
    return import(built)
  },
)
