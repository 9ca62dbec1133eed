import 'ossicle/define';

const output = document.querySelector('output');
document.querySelector('voice-search')?.addEventListener('vs-search', (event) => {
  if (output !== null) output.value = event.detail.value;
});
