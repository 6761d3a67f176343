"""Records what an endpoint is asked and answers, as capture files in the AWS layout."""
