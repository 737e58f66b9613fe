import { describeAnswers } from "../../golden.ts";

describeAnswers("picket lint, word for word", import.meta.dirname, 8);
