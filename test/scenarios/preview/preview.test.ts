import { describeAnswers } from "../../golden.ts";

describeAnswers("picket preview, word for word", import.meta.dirname, 13);
