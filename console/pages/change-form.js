// @ts-check
import { bodyOf, changePath, effectTexts, resultText } from './change-kinds.js';
import { clockText } from './cells.js';
import { ControlProblem } from './control-client.js';
import { element, setText } from './dom.js';
/** @import { ChangeKind, Field } from './change-kinds.js' */
/** @import { ControlClient } from './control-client.js' */
/** @import { TimelineModel } from './timeline-model.js' */

/**
 * @typedef {object} FormContext
 * @property {ControlClient} client
 * @property {TimelineModel} model
 * @property {() => { pipelines: readonly string[], regions: readonly string[], representations: readonly { id: string }[] }} configuration
 * @property {() => void} onChanged
 */

/** One change: typed, shown what it does, then made. Whatever is typed anew has to be looked at anew. */
export class ChangeForm {
  form;
  #kind;
  #context;
  /** @type {Map<string, HTMLInputElement | HTMLSelectElement>} */
  #inputs = new Map();
  #outcome = element('div', { class: 'outcome', role: 'status' });
  #confirm = /** @type {HTMLInputElement} */ (element('input', { type: 'checkbox' }));
  #confirmWords = element('span');
  #confirmLabel = element('label', { class: 'force', hidden: '' }, [this.#confirm, this.#confirmWords]);
  /** Viewers lose segments by what was looked at, or asked for. */
  #losing = false;
  #apply = /** @type {HTMLButtonElement} */ (element('button', { type: 'submit', class: 'button primary' }));
  #preview = /** @type {HTMLButtonElement} */ (
    element('button', { type: 'button', class: 'button' }, ['Preview'])
  );
  /** The segment that the form itself put in. */
  #offered = '';
  /** What was looked at, as it would be sent. */
  #previewed = '';

  /** @param {ChangeKind} kind @param {FormContext} context */
  constructor(kind, context) {
    this.#kind = kind;
    this.#context = context;
    this.#apply.textContent = kind.title;
    this.#confirm.addEventListener('change', () => this.#showButtons());
    this.#preview.addEventListener('click', () => void this.#look());
    this.#preview.hidden = !kind.previews;
    this.form = element('form', { class: 'change-form', id: `form-${kind.id}`, 'aria-label': kind.title }, [
      element('p', { class: 'purpose' }, [kind.purpose]),
      ...kind.fields.map((field) => this.#field(field)),
      this.#outcome,
      this.#confirmLabel,
      element('div', { class: 'form-buttons' }, [this.#preview, this.#apply]),
    ]);
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#make();
    });
    this.form.addEventListener('input', (event) => {
      if (event.target !== this.#confirm) this.#forgetPreview();
      this.#showTimes();
    });
    this.#showButtons();
  }

  /** Choices as the event has them now; what was chosen stays. */
  refresh() {
    const { pipelines, regions, representations } = this.#context.configuration();
    const choices = {
      ...{ pipeline: pipelines, region: regions, representation: representations.map(({ id }) => id) },
    };
    for (const field of this.#kind.fields) {
      const input = this.#inputs.get(field.name);
      const names = choices[/** @type {keyof typeof choices} */ (field.kind)];
      if (input instanceof HTMLSelectElement && names !== undefined) fillSelect(input, field, names);
      if (field.kind === 'order' && input?.value === '') input.value = pipelines.join(', ');
    }
    const from = this.#inputs.get('fromSegment');
    const needed = this.#kind.fields.some(
      ({ name, optional }) => name === 'fromSegment' && optional !== true,
    );
    const offered = from?.value === '' || from?.value === this.#offered;
    if (
      from &&
      needed &&
      offered &&
      this.#previewed === '' &&
      Number.isFinite(this.#context.model.liveEdge)
    ) {
      const { liveEdge, segmentMs } = this.#context.model;
      this.#offered = String(liveEdge + Math.max(1, Math.ceil((this.#kind.aheadMs ?? 0) / segmentMs)));
      from.value = this.#offered;
    }
    this.#showTimes();
  }

  /** @param {Readonly<Record<string, string>>} values */
  fill(values) {
    this.refresh();
    for (const [name, value] of Object.entries(values)) {
      const input = this.#inputs.get(name);
      if (input !== undefined) input.value = value;
    }
    this.#forgetPreview();
    this.#showTimes();
  }

  /** @param {Field} field */
  #field(field) {
    const id = `${this.#kind.id}-${field.name}`;
    const input = inputOf(field, id);
    this.#inputs.set(field.name, input);
    const hints = [
      ...(field.kind === 'segment' ? [element('span', { class: 'segment-time', id: `${id}-time` })] : []),
      ...(field.hint === undefined ? [] : [element('span', {}, [field.hint])]),
    ];
    input.setAttribute('aria-describedby', `${id}-hint`);
    return element('div', { class: `field field-${field.kind}` }, [
      element('label', { for: id }, [field.label]),
      input,
      element('p', { class: 'hint', id: `${id}-hint` }, hints),
    ]);
  }

  #values() {
    return Object.fromEntries([...this.#inputs].map(([name, { value }]) => [name, value]));
  }

  async #look() {
    const made = this.#body();
    if (made === undefined) return;
    const { client, model } = this.#context;
    try {
      const answer = await client.post(changePath(this.#kind, this.#values()), made, { preview: '' });
      this.#previewed = JSON.stringify(made);
      this.#losing = answer.consequence?.loses === true;
      const told = [
        resultText(this.#kind, answer, model),
        answer.consequence?.text ?? 'Nothing that viewers get changes.',
      ];
      this.#tell(this.#losing ? 'bad' : 'plain', told, effectDetails(answer.takesEffect));
      this.#askToConfirm();
    } catch (error) {
      this.#refused(error);
    }
  }

  async #make() {
    const made = this.#body();
    if (made === undefined) return;
    const { client, model, onChanged } = this.#context;
    try {
      const force = this.#losing && this.#confirm.checked ? { force: '' } : {};
      const answer = await client.post(changePath(this.#kind, this.#values()), made, force);
      this.#forgetPreview();
      const told = [
        `${this.#kind.title}: done.`,
        resultText(this.#kind, answer, model),
        answer.consequence?.text ?? '',
      ];
      this.#tell('done', told, effectDetails(answer.takesEffect));
      onChanged();
    } catch (error) {
      this.#refused(error);
    }
  }

  /** @returns {Record<string, unknown> | undefined} */
  #body() {
    const made = bodyOf(this.#kind, this.#values());
    for (const input of this.#inputs.values()) input.removeAttribute('aria-invalid');
    if ('body' in made) return made.body;
    this.#tell('bad', [made.problem]);
    const input = this.#inputs.get(made.field);
    input?.setAttribute('aria-invalid', 'true');
    input?.focus();
    return undefined;
  }

  /** @param {unknown} error */
  #refused(error) {
    const losing = error instanceof ControlProblem && error.consequence !== undefined;
    const faults = error instanceof ControlProblem && !losing ? error.faults : [];
    for (const { parameter } of faults) this.#inputs.get(parameter)?.setAttribute('aria-invalid', 'true');
    const text = error instanceof ControlProblem ? error.message : 'The control plane does not answer.';
    const doubt = error instanceof ControlProblem ? [] : ['Whether anything changed is in the history.'];
    this.#tell('bad', [losing ? text.replace(/ Send it again with force.*$/, '') : text], ...doubt);
    if (losing) this.#losing = true;
    if (losing) this.#askToConfirm();
    this.#showButtons();
  }

  /** What takes segments from viewers, or cannot be taken back, is wanted twice. */
  #askToConfirm() {
    const warning = this.#losing ? 'Viewers lose by this' : this.#kind.warning;
    this.#confirmLabel.hidden = warning === undefined;
    setText(this.#confirmWords, ` ${warning}, and I want it`);
    this.#showButtons();
    this.form.querySelector('.form-buttons')?.scrollIntoView({ block: 'nearest' });
  }

  #forgetPreview() {
    this.#previewed = '';
    this.#losing = false;
    this.#confirm.checked = false;
    this.#confirmLabel.hidden = true;
    this.#outcome.replaceChildren();
    this.#showButtons();
  }

  /** A change that can be looked at is looked at first. */
  #showButtons() {
    const looked = !this.#kind.previews || this.#previewed !== '';
    const allowed = this.#confirmLabel.hidden || this.#confirm.checked;
    this.#apply.disabled = !looked || !allowed;
    this.#apply.classList.toggle('danger', !this.#confirmLabel.hidden);
    this.#preview.classList.toggle('primary', !looked);
  }

  /** @param {'plain' | 'bad' | 'done'} tone @param {readonly string[]} told sentences @param {(string | Node)[]} beside */
  #tell(tone, told, ...beside) {
    this.#outcome.dataset['tone'] = tone;
    const sentences = told.filter((text) => text !== '').join(' ');
    this.#outcome.replaceChildren(
      element('p', {}, [sentences]),
      ...beside.map((one) => (typeof one === 'string' ? element('p', {}, [one]) : one)),
    );
  }

  /** What o'clock a segment is: people say times, the origin counts. */
  #showTimes() {
    const { model } = this.#context;
    for (const field of this.#kind.fields.filter(({ kind }) => kind === 'segment')) {
      const place = this.form.querySelector(`#${this.#kind.id}-${field.name}-time`);
      const number = Number((this.#inputs.get(field.name)?.value ?? '').replace(/\D/g, ''));
      const known = number > 0 && Number.isFinite(model.liveEdge);
      if (place !== null)
        setText(place, known ? `begins ${clockText(model.mediaEndMs(number - 1))} UTC` : '');
    }
  }
}

/** @param {Parameters<typeof effectTexts>[0]} takesEffect */
function effectDetails(takesEffect) {
  const { soon, slower } = effectTexts(takesEffect);
  if (slower.length === 0) return soon;
  const items = slower.map((line) => element('li', {}, [line]));
  return element('details', {}, [element('summary', {}, [soon]), element('ul', {}, items)]);
}

/** @param {Field} field @param {string} id @returns {HTMLInputElement | HTMLSelectElement} */
function inputOf({ kind, name, optional }, id) {
  if (kind === 'scope') {
    const options = [
      element('option', { value: 'range' }, ['a range of segments']),
      element('option', { value: 'all' }, ['the whole event']),
    ];
    return /** @type {HTMLSelectElement} */ (element('select', { id, name }, options));
  }
  if (kind === 'pipeline' || kind === 'representation' || kind === 'region')
    return /** @type {HTMLSelectElement} */ (element('select', { id, name }));
  return /** @type {HTMLInputElement} */ (
    element('input', {
      ...{ id, name, autocomplete: 'off', spellcheck: 'false', maxlength: '500' },
      ...(kind === 'segment' && { inputmode: 'numeric' }),
      ...(optional !== true && { required: '' }),
    })
  );
}

/** @param {HTMLSelectElement} select @param {Field} field @param {readonly string[]} names */
function fillSelect(select, { optional }, names) {
  const wanted = optional === true ? ['', ...names] : names;
  if ([...select.options].map(({ value }) => value).join('\n') === wanted.join('\n')) return;
  const { value } = select;
  select.replaceChildren(
    ...wanted.map((name) => element('option', { value: name }, [name === '' ? 'all' : name])),
  );
  if (wanted.includes(value)) select.value = value;
}
