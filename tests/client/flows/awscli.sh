# The AWS CLI as people use it in scripts: awscli.sh FOLDER, which has model.tar.gz and training.csv in it.
set -eu
cd "$1"
role=arn:aws:iam::000000000000:role/MonitoringRole
bucket=phone-calls-cli
aws sts get-caller-identity > identity.json
aws s3 mb "s3://$bucket"
aws s3 cp model.tar.gz "s3://$bucket/model/model.tar.gz" --only-show-errors
aws s3 cp training.csv "s3://$bucket/baselining/training.csv" --only-show-errors

aws sagemaker create-model --model-name phone-calls-cli --execution-role-arn $role \
    --primary-container Image=tiny-model:1.0,ModelDataUrl="s3://$bucket/model/model.tar.gz"
aws sagemaker create-endpoint-config --endpoint-config-name phone-calls-cli \
    --production-variants VariantName=AllTraffic,ModelName=phone-calls-cli,InitialInstanceCount=1,InstanceType=ml.m5.large \
    --data-capture-config "EnableCapture=true,InitialSamplingPercentage=100,DestinationS3Uri=s3://$bucket/capture,CaptureOptions=[{CaptureMode=Input},{CaptureMode=Output}],CaptureContentTypeHeader={CsvContentTypes=[text/csv]}"
aws sagemaker create-endpoint --endpoint-name phone-calls-cli --endpoint-config-name phone-calls-cli
aws sagemaker wait endpoint-in-service --endpoint-name phone-calls-cli
printf '100.0,3,plus' > row.csv
aws sagemaker-runtime invoke-endpoint --endpoint-name phone-calls-cli --content-type text/csv \
    --inference-id customer-1 --body fileb://row.csv answer.csv > answer.json

aws sagemaker create-data-quality-job-definition --job-definition-name phone-calls-cli --role-arn $role \
    --data-quality-app-specification ImageUri=sagemaker-model-monitor-analyzer \
    --data-quality-job-input "EndpointInput={EndpointName=phone-calls-cli,LocalPath=/opt/ml/processing/input}" \
    --data-quality-job-output-config "MonitoringOutputs=[{S3Output={S3Uri=s3://$bucket/reports,LocalPath=/opt/ml/processing/output}}]" \
    --job-resources "ClusterConfig={InstanceCount=1,InstanceType=ml.m5.large,VolumeSizeInGB=20}"
aws sagemaker create-monitoring-schedule --monitoring-schedule-name phone-calls-cli --monitoring-schedule-config \
    'ScheduleConfig={ScheduleExpression="cron(0 * ? * * *)"},MonitoringJobDefinitionName=phone-calls-cli,MonitoringType=DataQuality'
aws sagemaker list-monitoring-schedules --endpoint-name phone-calls-cli > schedules.json
aws sagemaker list-monitoring-executions --monitoring-schedule-name phone-calls-cli > executions.json
aws sagemaker list-monitoring-alerts --monitoring-schedule-name phone-calls-cli > alerts.json
if aws sagemaker delete-endpoint --endpoint-name phone-calls-cli 2> refusal.txt; then exit 9; fi
aws sagemaker delete-monitoring-schedule --monitoring-schedule-name phone-calls-cli
aws sagemaker delete-data-quality-job-definition --job-definition-name phone-calls-cli
aws sagemaker delete-endpoint --endpoint-name phone-calls-cli
aws sagemaker delete-endpoint-config --endpoint-config-name phone-calls-cli
aws sagemaker delete-model --model-name phone-calls-cli
aws s3 ls "s3://$bucket" --recursive > objects.txt
