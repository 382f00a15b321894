import { isValid } from '../origin/media/defect';
import { defectsOf, type Copy, type Decision } from '../origin/selection/select';
import { candidateView } from './publish-answers';

/** Which rule of selection decided; docs/http-api.md lists them. */
export type Rule =
  | 'nothing-servable'
  /** The first pipeline in order is clean. */
  | 'first-in-order'
  /** Pipelines before it have nothing clean. */
  | 'first-valid'
  /** Nobody has a clean copy: the least severe. */
  | 'least-defective'
  /** Only a pipeline that we masked by rule has a copy as good. */
  | 'spare';

export function ruleOf({ chosen, rules }: Decision): Rule {
  if (chosen === undefined) return 'nothing-servable';
  if (!isValid(defectsOf(chosen))) return 'least-defective';
  if (rules.masks.has(chosen.pipeline)) return 'spare';
  const first = rules.order.find((pipeline) => !rules.masks.has(pipeline));
  return chosen.pipeline === first ? 'first-in-order' : 'first-valid';
}

/** A decision as people read it: every copy, and why it was passed over. */
export function decisionView({ number, chosen, passedOver, rules, unheard }: Decision) {
  return {
    number,
    chosen: chosen === undefined ? null : copyView(chosen),
    passedOver: passedOver.map(({ copy, why }) => ({ why, ...copyView(copy) })),
    order: rules.order,
    masks: [...rules.masks.values()].map(({ id, pipeline, by, reason, automatic }) => ({
      ...{ id, pipeline, by, reason },
      ...(automatic && { automatic }),
    })),
    whenAllDefective: rules.whenAllDefective,
    unheard,
  };
}

function copyView(copy: Copy) {
  return {
    pipeline: copy.pipeline,
    digest: copy.digest,
    defects: defectsOf(copy).map(({ name, measures }) => ({ name, ...measures })),
    replicas: copy.replicas.map(candidateView),
  };
}
