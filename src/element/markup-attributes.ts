/** Attributes of `<voice-search>`, as markup writes them; the manifest describes each. */
export interface VoiceSearchAttributes {
  readonly endpoint?: string;
  readonly model?: string;
  readonly language?: string;
  readonly name?: string;
  readonly value?: string;
  readonly placeholder?: string;
  readonly label?: string;
  readonly required?: boolean;
  readonly disabled?: boolean;
  readonly mode?: 'toggle' | 'hold';
  readonly submit?: 'auto' | 'confirm';
  readonly tau?: number | string;
  readonly interim?: boolean | '';
  readonly priming?: 'first' | 'always' | 'never';
  readonly 'consent-key'?: string;
  readonly vad?: 'command' | 'search' | 'dictation';
  readonly 'silence-ms'?: number | string;
  readonly 'max-duration'?: number | string;
  readonly 'asset-base'?: string;
  readonly predict?: 'server' | 'device' | 'server-then-device';
  readonly history?: boolean | '';
  readonly 'queue-offline'?: boolean | '';
  readonly haptics?: boolean | '';
  readonly earcons?: boolean | '';
  readonly hotkey?: string;
}
