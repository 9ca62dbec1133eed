import { connection } from 'next/server';
import { VoiceField } from './voice-field';

/** Rendered on the server for every request. */
export default async function Page() {
  await connection();
  return (
    <main>
      <h1>Shop</h1>
      <VoiceField endpoint="http://localhost:8790/v1/audio/transcriptions" />
    </main>
  );
}
